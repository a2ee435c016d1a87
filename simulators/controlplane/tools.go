//go:build tools

// Package controlplane names the commands that make up the real control plane of the tests, so that go.mod and go.sum pin
// them and everything they need. It is never compiled: `python -m pinnace_sim.provision controlplane` builds the commands.
package controlplane

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "sigs.k8s.io/kwok/cmd/kwok"
)

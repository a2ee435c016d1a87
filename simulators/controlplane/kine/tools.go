//go:build tools

// Package kine names the store of the real control plane. It is a module of its own because kine asks for newer releases of
// etcd, gRPC and k8s.io/apiserver than the Kubernetes release beside it was published with; in one module kube-apiserver
// would silently be built with them.
package kine

import _ "github.com/k3s-io/kine"

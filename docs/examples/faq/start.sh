# What the answers of docs/faq.md are typed at: a controller, and a site that has joined. Read it into a shell at the
# root of the repository, with KUBECONFIG naming a cluster to try on, and a broker on this machine or at $BROKER.

export PINNACE_CONTROLLER_BROKER=${BROKER:-mqtt://127.0.0.1} PINNACE_CONTROLLER_DATA_DIR=$PWD/hub
export PINNACE_CONTROLLER_OFFLINE_AFTER_S=8 PINNACE_TOKEN_FILE=$PWD/me.token
export PINNACE_EDGE_DATA_DIR=$PWD/site PINNACE_EDGE_KUBECONFIG=$KUBECONFIG PINNACE_EDGE_REPORT_INTERVAL_S=3
pinnace keys init
pinnace api-token create me > me.token
pinnace serve >> hub.log 2>&1 &
hub=$!
until pinnace get nodes 2> /dev/null; do sleep 1; done
pinnace apply -f docs/examples/faq/fleet.yaml -f docs/examples/faq/till.yaml
pinnace token create shop-1 | pinnace-edge join -
pinnace-edge run >> site.log 2>&1 &
site=$!
pinnace status till --wait

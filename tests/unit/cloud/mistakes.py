"""An Application with a mistake at every place where one can be made, and where each is to be shown."""

TEXT = """\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
  labels: {tier: 1}
spec:
  polices: []
  components:
    - name: web
      type: webservise
      properties: {image: nginx}
    - name: api
      type: webservice
      properties:
        ports: [{port: "80", exposed: true}]
        livenessProbe: {httpGet: {path: /, prot: 80}}
      traits:
        - {type: scalr, properties: {}}
        - {type: scaler, properties: {replicas: two}}
        - {properties: {replicas: 1}}
    - name: plain
      type: k8s-objects
      properties:
        objects:
          - {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}
          - {kind: ConfigMap, metadata: {name: more}}
    - {type: worker}
    - {name: api, type: worker, properties: {image: nginx}}
  policies:
    - {name: north, type: topology, properties: {clusters: north}}
    - {name: small, type: override, properties: {components: [{name: ap, properties: {cpu: 1}, trait: []}]}}
    - {name: odd, type: overide}
  workflow:
    steps:
      - {name: a, type: deploy, properties: {policies: [nroth]}}
      - {name: b, type: notify-all}
"""

# Line, path, and the names of component and trait.
PLACES = {
    (5, "metadata.labels.tier", ""),
    (7, "spec.polices", ""),
    (10, "spec.components[0].type", "component 'web'"),
    (14, "spec.components[1].properties.image", "component 'api'"),
    (15, "spec.components[1].properties.ports[0].port", "component 'api'"),
    (15, "spec.components[1].properties.ports[0].exposed", "component 'api'"),
    (16, "spec.components[1].properties.livenessProbe.httpGet.prot", "component 'api'"),
    (16, "spec.components[1].properties.livenessProbe.httpGet.port", "component 'api'"),
    (18, "spec.components[1].traits[0].type", "component 'api', trait 'scalr'"),
    (19, "spec.components[1].traits[1].properties.replicas", "component 'api', trait 'scaler'"),
    (20, "spec.components[1].traits[2].type", "component 'api'"),
    (26, "spec.components[2].properties.objects[1].apiVersion", "component 'plain'"),
    (27, "spec.components[3].name", ""),
    (28, "spec.components[4].name", "component 'api'"),
    (30, "spec.policies[0].properties.clusters", ""),
    (31, "spec.policies[1].properties.components[0].trait", ""),
    (32, "spec.policies[2].type", ""),
    (35, "spec.workflow.steps[0].properties.policies[0]", ""),
    (36, "spec.workflow.steps[1].type", ""),
}

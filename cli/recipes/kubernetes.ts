/** Manifests for Kubernetes, by the restricted Pod Security Standard: nobody's user, nothing writable, nothing allowed. */
import { stringify } from 'yaml';
import { NOBODY } from './recipe.ts';
import type { Deployment, Recipe } from './recipe.ts';

export function kubernetes(deployment: Deployment): Recipe {
  const { name, port, image, digest, permissions } = deployment;
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'pollux' };
  const metadata = { name, labels };
  const selector = { 'app.kubernetes.io/name': name };
  const probe = (periodSeconds: number, failureThreshold: number): object => ({
    httpGet: { path: '/healthz', port: 'page', scheme: 'HTTPS' },
    periodSeconds,
    failureThreshold,
    timeoutSeconds: 5,
  });
  const mebibytes = Math.ceil(permissions.memory / 2 ** 20) * 4 + 256;
  const pod = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      fsGroup: NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'twin',
        image,
        ports: [{ name: 'page', containerPort: port }],
        // POLLUX_MQTT_URL and the like.
        envFrom: [{ secretRef: { name: `${name}-environment`, optional: true } }],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: {
          requests: { cpu: '100m', memory: `${mebibytes}Mi` },
          limits: { memory: `${2 * mebibytes}Mi` },
        },
        startupProbe: probe(2, 60),
        livenessProbe: probe(20, 3),
        readinessProbe: probe(5, 2),
        volumeMounts: [
          { name: 'secrets', mountPath: '/etc/pollux', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      {
        name: 'secrets',
        projected: {
          defaultMode: 0o440,
          sources: [
            { secret: { name: `${name}-access`, items: [{ key: 'access.json', path: 'access.json' }] } },
            {
              secret: {
                name: `${name}-tls`,
                items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })),
              },
            },
          ],
        },
      },
      { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
    ],
  };
  const objects = {
    'deployment.yaml': {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, annotations: { 'pollux/bundle': digest } },
      spec: {
        // A twin has one state, so there is one of it at a time.
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selector },
        template: { metadata: { labels, annotations: { 'pollux/bundle': digest } }, spec: pod },
      },
    },
    'service.yaml': {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector, ports: [{ name: 'page', port: 443, targetPort: 'page' }] },
    },
    'network-policy.yaml': {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ port: 'page', protocol: 'TCP' }] }],
        egress: egress(deployment),
      },
    },
  };
  return {
    ...Object.fromEntries(Object.entries(objects).map(([file, object]) => [file, stringify(object)])),
    'kustomization.yaml': stringify({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: Object.keys(objects),
    }),
  };
}

/** Ports to which a protocol goes out. */
const PORTS: Readonly<Record<string, readonly number[]>> = { mqtt: [1883, 8883], opcua: [4840] };

/** Out goes only what the bindings need: names, and a broker or a server. */
function egress({ permissions }: Deployment): object[] {
  const ports = Object.keys(permissions.network).flatMap((protocol) => PORTS[protocol] ?? []);
  if (ports.length === 0) return [];
  return [
    {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    },
    { ports: ports.map((port) => ({ port, protocol: 'TCP' })) },
  ];
}

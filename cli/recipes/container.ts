/** An image of the twin: a base with Node, Pollux as it is here, and the bundle. Building it fetches nothing else. */
import { NOBODY, plain } from './recipe.ts';
import type { Deployment, Recipe } from './recipe.ts';

export function container({ name, title, digest, port }: Deployment): Recipe {
  const options = [
    ...['--host', '0.0.0.0', '--port', String(port), '--access', '/etc/pollux/access.json'],
    ...['--tls-cert', '/etc/pollux/tls.crt', '--tls-key', '/etc/pollux/tls.key'],
  ];
  return {
    Containerfile: `# ${plain(title)}, ${digest}
#
#   podman build -t ${name} .
#   podman run --read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges \\
#     -v ./secrets:/etc/pollux:ro -p ${port}:${port} ${name}
#
# secrets/ holds access.json (pollux access), tls.crt and tls.key, readable by user ${NOBODY}.
FROM docker.io/library/node:24-slim
COPY --chmod=0755 pollux /opt/pollux
COPY --chmod=0444 ${name}.pollux /twin/${name}.pollux
USER ${NOBODY}:${NOBODY}
WORKDIR /tmp
EXPOSE ${port}
ENTRYPOINT ["node", "/opt/pollux/dist/cli/pollux.mjs", "serve", "/twin/${name}.pollux"]
CMD ${JSON.stringify(options).replaceAll('","', '", "')}
`,
    '.containerignore': 'secrets\n',
  };
}

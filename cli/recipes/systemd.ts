/** A unit of systemd that may do nothing but what serving a twin needs. */
import { plain } from './recipe.ts';
import type { Deployment, Recipe } from './recipe.ts';

export function systemd({ name, title, digest, port, node, permissions }: Deployment): Recipe {
  const folder = `/etc/pollux/${name}`;
  // Node needs several times what the twin itself does.
  const memory = Math.ceil(permissions.memory / 2 ** 20) * 4 + 512;
  return {
    [`pollux-${name}.service`]: `# ${digest}
#
# /opt/pollux     Pollux, as in this folder
# ${folder}   ${name}.pollux, access.json (pollux access), tls.crt, tls.key; environment for POLLUX_MQTT_URL and the like
[Unit]
Description=Twin ${plain(title)}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=${node} /opt/pollux/dist/cli/pollux.mjs serve ${folder}/${name}.pollux --host 0.0.0.0 --port ${port} --access %d/access.json --tls-cert %d/tls.crt --tls-key %d/tls.key --audit %S/pollux-${name}/audit.jsonl --state %S/pollux-${name}/state
EnvironmentFile=-${folder}/environment
LoadCredential=access.json:${folder}/access.json
LoadCredential=tls.crt:${folder}/tls.crt
LoadCredential=tls.key:${folder}/tls.key
StateDirectory=pollux-${name}
StateDirectoryMode=0700
Restart=on-failure
RestartSec=5
MemoryMax=${memory}M
TasksMax=64

DynamicUser=yes
UMask=0077
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`,
  };
}

/** Who we are to a registry: from the environment, else from the file that `docker login` writes. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject, readStrict } from '../../bundles/strict-json.ts';
import { Refusal } from '../terminal/terminal.ts';

export type Credentials = { username: string; password: string } | { token: string };

export function credentialsFor(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Credentials | undefined {
  const token = environment['POLLUX_REGISTRY_TOKEN'];
  if ((token ?? '') !== '') return { token: token! };
  const username = environment['POLLUX_REGISTRY_USERNAME'];
  if ((username ?? '') !== '')
    return { username: username!, password: environment['POLLUX_REGISTRY_PASSWORD'] ?? '' };
  const file = join(environment['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json');
  return existsSync(file) ? inDockerConfig(readFileSync(file, 'utf8'), file, registry) : undefined;
}

function inDockerConfig(text: string, file: string, registry: string): Credentials | undefined {
  const read = readStrict(text);
  if ('problem' in read || !isObject(read.value)) throw new Refusal(`${file} cannot be read as JSON`);
  const { auths, credHelpers, credsStore } = read.value;
  const known = isObject(auths) ? auths : {};
  const entry = [registry, `https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`]
    .map((name) => known[name])
    .find(isObject);
  if (typeof entry?.['auth'] === 'string') {
    const [username = '', ...password] = Buffer.from(entry['auth'], 'base64').toString('utf8').split(':');
    if (username !== '') return { username, password: password.join(':') };
  }
  const helper = (isObject(credHelpers) && credHelpers[registry]) || (entry !== undefined && credsStore);
  if (typeof helper === 'string')
    throw new Refusal(
      `${file} leaves the password of ${registry} to the helper ${helper}, which is not asked here: set POLLUX_REGISTRY_USERNAME and POLLUX_REGISTRY_PASSWORD`,
    );
  return undefined;
}

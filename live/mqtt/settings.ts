/** Environment → where the broker is and how to be let in. Nothing of this ever stands in a twin. */
import { readFileSync } from 'node:fs';

export interface MqttSettings {
  url: string;
  username?: string;
  password?: string;
  /** PEM. */
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  /** Fixed when a broker lets in only known clients. */
  clientId?: string;
}

/** Thrown when the broker cannot be reached by what was said: the words are for the user. */
export class MqttSettingsError extends Error {
  override name = 'MqttSettingsError';
}

const PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

/** `url` given on the command line goes before POLLUX_MQTT_URL. undefined when neither is there. */
export function mqttSettings(environment: NodeJS.ProcessEnv, url?: string): MqttSettings | undefined {
  const said = url ?? environment['POLLUX_MQTT_URL'];
  if (said === undefined || said === '') return undefined;
  const where = url === undefined ? 'POLLUX_MQTT_URL' : 'the broker';
  let parsed: URL;
  try {
    parsed = new URL(said);
  } catch {
    throw new MqttSettingsError(`${where} is no address: write it as mqtt://host:1883 or mqtts://host:8883`);
  }
  if (!PROTOCOLS.includes(parsed.protocol))
    throw new MqttSettingsError(
      `${where} begins with ${parsed.protocol}//, and a broker's address begins with mqtt://, mqtts://, ws:// or wss://`,
    );
  if (parsed.username !== '' || parsed.password !== '')
    throw new MqttSettingsError(
      `${where} holds credentials, which others could read there: set POLLUX_MQTT_USERNAME and POLLUX_MQTT_PASSWORD`,
    );
  const tls = parsed.protocol === 'mqtts:' || parsed.protocol === 'wss:';
  const pem = (name: string): Buffer | undefined => {
    const path = environment[name];
    if (path === undefined || path === '') return undefined;
    if (!tls)
      throw new MqttSettingsError(`${name} is set, and ${where} is not encrypted: write it with mqtts://`);
    try {
      return readFileSync(path);
    } catch (error) {
      throw new MqttSettingsError(
        `${name} names ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code})`,
      );
    }
  };
  const text = (name: string): string | undefined => environment[name] || undefined;
  const cert = pem('POLLUX_MQTT_CERT');
  const key = pem('POLLUX_MQTT_KEY');
  if ((cert === undefined) !== (key === undefined))
    throw new MqttSettingsError('POLLUX_MQTT_CERT and POLLUX_MQTT_KEY belong together: set both or none');
  return {
    url: said,
    username: text('POLLUX_MQTT_USERNAME'),
    password: text('POLLUX_MQTT_PASSWORD'),
    clientId: text('POLLUX_MQTT_CLIENT_ID'),
    ca: pem('POLLUX_MQTT_CA'),
    cert,
    key,
  };
}

/**
 * A session with a server that comes back after every loss, with growing delays. Each attempt is a client of its own, which keeps nothing
 * on disk: what the library itself would do to mend a session depends on what the server remembers of it.
 */
import { hostname } from 'node:os';
import {
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  setErrorLogger,
  setWarningLogger,
  StatusCodes,
  UserTokenType,
} from 'node-opcua-client';
import type { ClientSession, OPCUAClientOptions, UserIdentityInfo } from 'node-opcua-client';
import { InMemoryCertificateKeyPairProvider, InMemoryCertificateStore } from 'node-opcua-common';
import type { ConnectionState } from '../receiver.ts';
import { POLICIES } from './settings.ts';
import type { OpcuaSettings } from './settings.ts';
import { guardedTransport } from './transport.ts';
import { whyUntrusted } from './trust.ts';

const SHORTEST_DELAY = 250;
const LONGEST_DELAY = 15_000;
/** ms for a connection to stand, with everything that is asked then. */
const MOST_STARTING = 30_000;
const MOST_REQUEST = 10_000;
const CLOSING = 1000;
/** Bytes of one message; a server that sends more is left. */
const LARGEST_MESSAGE = 4 * 1024 * 1024;
const CHUNK = 65_536;

export interface Connection {
  /** Resolves when all is let go, or when a second has passed. */
  close(): Promise<void>;
}

export interface ConnectionListener {
  /** A session stands; `lost` ends it. Rejects when nothing can be done with it. */
  attend(session: ClientSession, lost: (why: string) => void): Promise<void>;
  state(state: ConnectionState): void;
}

/** What stands in the way, in words for the user. */
class Refused extends Error {}

export function connect(settings: OpcuaSettings, listener: ConnectionListener): Connection {
  // What the library prints is for those who write it; what matters is said by `whyNot`.
  setErrorLogger(() => undefined);
  setWarningLogger(() => undefined);
  const { host } = new URL(settings.url);
  let closing = false;
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });

  /** Until the session is lost; returns why. */
  const attempt = async (begun: () => void): Promise<string> => {
    const trust = createTrust(settings);
    let client: OPCUAClient | undefined;
    let lose = (_why: string): void => undefined;
    const lost = new Promise<string>((resolve) => {
      lose = resolve;
    });
    const starting = setTimeout(lose, MOST_STARTING, 'the server does not answer');
    const start = async (): Promise<void> => {
      const options = await optionsFor(settings, trust, () => lose('what it sends is no message of OPC UA'));
      client = OPCUAClient.create(options);
      client.on('close', () => lose('connection lost, trying again'));
      client.on('connection_lost', () => lose('connection lost, trying again'));
      await client.connect(settings.url);
      const session = await client.createSession(userOf(settings));
      session.on('session_closed', () => lose('the server ended the session'));
      session.on('keepalive_failure', () => lose('the server does not answer'));
      await listener.attend(session, lose);
      clearTimeout(starting);
      if (closing) return;
      begun();
      listener.state({ state: 'connected', detail: host });
    };
    const failed = start().then(
      () => lost,
      (error: unknown) => trust.why() ?? whyNot(error),
    );
    const why = await Promise.race([failed, lost, stopped.then(() => '')]);
    clearTimeout(starting);
    await ended(client);
    return why;
  };

  const run = async (): Promise<void> => {
    let delay = SHORTEST_DELAY;
    listener.state({ state: 'connecting', detail: host });
    while (!closing) {
      const why = await attempt(() => {
        delay = SHORTEST_DELAY;
      });
      // It is set while an attempt is under way.
      // oxlint-disable-next-line typescript/no-unnecessary-condition
      if (closing) return;
      listener.state({ state: 'lost', detail: `${host}: ${why}` });
      await Promise.race([pause(delay * (0.75 + Math.random() / 4)), stopped]);
      delay = Math.min(LONGEST_DELAY, delay * 2);
    }
  };
  const running = run();
  return {
    close: async () => {
      closing = true;
      stop();
      await Promise.race([running, pause(CLOSING)]);
    },
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

async function ended(client: OPCUAClient | undefined): Promise<void> {
  if (client === undefined) return;
  await Promise.race([client.disconnect().catch(() => undefined), pause(CLOSING)]);
}

/** A store of certificates that holds what was named, and nothing on disk. */
function createTrust({ trusted, url }: OpcuaSettings) {
  const { hostname: host } = new URL(url);
  let why: string | undefined;
  class Trust extends InMemoryCertificateStore {
    override checkCertificate(offered: Buffer | Buffer[]) {
      const leaf = Array.isArray(offered) ? offered[0] : offered;
      why = leaf === undefined ? 'it shows no certificate' : whyUntrusted(leaf, trusted, host, Date.now());
      return Promise.resolve(why === undefined ? StatusCodes.Good : StatusCodes.BadCertificateUntrusted);
    }
  }
  return { store: new Trust(), why: () => why };
}

const NAME = 'Pollux';

/** How a client is made; asks the server first which policies it offers, where one is needed and none was named. */
async function optionsFor(
  settings: OpcuaSettings,
  { store }: ReturnType<typeof createTrust>,
  broken: () => void,
): Promise<OPCUAClientOptions> {
  const common: OPCUAClientOptions = {
    applicationName: NAME,
    clientName: NAME,
    // A lost connection is found here, and another one made.
    connectionStrategy: { maxRetry: 0, initialDelay: SHORTEST_DELAY, maxDelay: SHORTEST_DELAY },
    // Servers behind a port that is passed on name themselves otherwise.
    endpointMustExist: false,
    keepSessionAlive: true,
    keepAliveInterval: 5000,
    requestedSessionTimeout: 60_000,
    transportTimeout: MOST_REQUEST,
    defaultTransactionTimeout: MOST_REQUEST,
    transportSettings: {
      maxMessageSize: LARGEST_MESSAGE,
      maxChunkCount: LARGEST_MESSAGE / CHUNK,
      receiveBufferSize: CHUNK,
      sendBufferSize: CHUNK,
    },
    clientCertificateManager: store,
    transportFactory: guardedTransport(broken),
  };
  const open: OPCUAClientOptions = {
    ...common,
    certificateKeyPairProvider: await passing(),
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
  };
  const { security, application } = settings;
  if (security === 'none' || application === undefined) return open;
  const mode = security === 'sign' ? MessageSecurityMode.Sign : MessageSecurityMode.SignAndEncrypt;
  const uri = /URI:([^,\s]+)/.exec(application.certificate.subjectAltName ?? '')?.[1];
  return {
    ...common,
    ...(uri === undefined ? {} : { applicationUri: uri }),
    certificateKeyPairProvider: new InMemoryCertificateKeyPairProvider([application.certificate.raw], {
      hidden: application.key,
    }),
    securityMode: mode,
    securityPolicy: policyIn(settings.policy ?? (await strongest(settings, open, mode))),
  };
}

const policyIn = (name: string): SecurityPolicy =>
  `http://opcfoundation.org/UA/SecurityPolicy#${name}` as SecurityPolicy;

async function strongest(
  { url, security }: OpcuaSettings,
  open: OPCUAClientOptions,
  mode: MessageSecurityMode,
): Promise<string> {
  const client = OPCUAClient.create({ ...open, clientCertificateManager: new InMemoryCertificateStore() });
  try {
    await client.connect(url);
    const offered = await client.getEndpoints();
    const found = POLICIES.find((policy) =>
      offered.some(
        (each) => each.securityMode === mode && each.securityPolicyUri === String(policyIn(policy)),
      ),
    );
    if (found !== undefined) return found;
  } finally {
    await ended(client);
  }
  throw new Refused(
    `it does not offer POLLUX_OPCUA_SECURITY ${security} with a policy that is still safe (${POLICIES.join(', ')})`,
  );
}

/** A certificate for servers that want to see one even where nothing is encrypted: made once, and gone with the process. */
function passing(): Promise<InMemoryCertificateKeyPairProvider> {
  passed ??= (async () => {
    const provider = new InMemoryCertificateKeyPairProvider();
    const applicationUri = `urn:${hostname()}:${NAME}`;
    await provider.ensureCertificateExists({ applicationUri, subject: `/CN=${NAME}`, dns: [hostname()] });
    return provider;
  })();
  return passed;
}
let passed: Promise<InMemoryCertificateKeyPairProvider> | undefined;

function userOf({ user }: OpcuaSettings): UserIdentityInfo {
  if (user === undefined) return { type: UserTokenType.Anonymous };
  if ('name' in user) return { type: UserTokenType.UserName, userName: user.name, password: user.password };
  return {
    type: UserTokenType.Certificate,
    certificateData: user.certificate.raw,
    privateKey: user.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** What the operating system, the library or the server says → for people; the first that fits. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'nothing listens there; is the server running?'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no host of this name'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'it cannot be reached'],
  [
    /BadIdentityTokenRejected|BadIdentityTokenInvalid|BadUserAccessDenied|BadUserSignatureInvalid/,
    'the server refuses the user (POLLUX_OPCUA_USERNAME, POLLUX_OPCUA_PASSWORD, or POLLUX_OPCUA_USER_CERT)',
  ],
  [
    /BadCertificate|BadSecurityChecksFailed|BadApplicationSignatureInvalid/,
    "the server does not trust this client's certificate (POLLUX_OPCUA_CERT); who runs the server can accept it there",
  ],
  [
    /BadSecurityPolicyRejected|BadSecurityModeRejected/,
    'the server does not offer this security (POLLUX_OPCUA_SECURITY, POLLUX_OPCUA_POLICY)',
  ],
  [/BadTooManySessions|BadTooManyOperations|BadMaxConnections/, 'the server has no room for another session'],
  [/BadTcpEndpointUrlInvalid/, 'the server knows no such address; check the path after the port'],
  [
    /BadTcpMessageTooLarge|BadResponseTooLarge|BadRequestTooLarge/,
    'what the server sends is larger than is taken',
  ],
  [
    /anonymous/i,
    'the server lets in nobody without a name: set POLLUX_OPCUA_USERNAME and POLLUX_OPCUA_PASSWORD',
  ],
  [/user ?name|userTokenPolicy|identity token/i, 'the server does not let in users in this way'],
  [/endpoint/i, 'the server does not offer this security (POLLUX_OPCUA_SECURITY, POLLUX_OPCUA_POLICY)'],
  [/timeout|timed out/i, 'the server does not answer'],
  [
    /socket has been disconnected|premature|ECONNRESET|Connection Break|closed|aborted/i,
    'it ends the connection; is it an OPC UA server?',
  ],
];

function whyNot(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const text = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error);
  return (
    REASONS.find(([pattern]) => pattern.test(text))?.[1] ??
    `it cannot be used (${text
      .replaceAll(/[\p{C}\s]+/gu, ' ')
      .slice(0, 120)
      .trim()})`
  );
}

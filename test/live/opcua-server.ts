/** An OPC UA server on loopback, in this process: the nodes of a small plant, and what tests do to it. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DataType,
  MessageSecurityMode,
  SecurityPolicy,
  StatusCodes,
  Variant,
  VariantArrayType,
} from 'node-opcua-client';
import type { StatusCode } from 'node-opcua-client';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import { OPCUAServer } from 'node-opcua-server';

/** Namespace 1. */
export const NAMESPACE = 'urn:plant';

export interface PlantNode {
  type: DataType;
  value: unknown;
  unit?: { unitId: number; displayName: string };
  readOnly?: boolean;
  /** Nobody may read it. */
  hidden?: boolean;
}

export interface PlantServer {
  port: number;
  url: string;
  /** PEM of the certificate that it shows. */
  certificate: string;
  /** The node `ns=1;s=NAME` gets a value, with a status and a time of its source where they are said. */
  set(name: string, value: unknown, how?: { status?: StatusCode; time?: Date }): void;
  get(name: string): unknown;
  /** Subscriptions that clients have. */
  subscriptions(): number;
  stop(): Promise<void>;
}

export interface PlantOptions {
  port?: number;
  nodes: Readonly<Record<string, PlantNode>>;
  /** Nobody else is let in, and only over what is encrypted. */
  user?: { name: string; password: string };
}

export async function startServer({ port, nodes, user }: PlantOptions): Promise<PlantServer> {
  const { OPENSSL_CONF: configuration } = process.env;
  /** The server's store of certificates sets it, to a file that is not there. */
  const restore = (): void => {
    if (configuration === undefined) delete process.env['OPENSSL_CONF'];
    else process.env['OPENSSL_CONF'] = configuration;
  };
  const folder = mkdtempSync(join(tmpdir(), 'pollux-opcua-'));
  const manager = (name: string) =>
    new OPCUACertificateManager({
      rootFolder: join(folder, name),
      automaticallyAcceptUnknownCertificate: true,
      disableFileWatchers: true,
    });
  const chosen = port ?? (await freePort());
  const server = new OPCUAServer({
    serverInfo: { applicationUri: NAMESPACE },
    port: chosen,
    hostname: '127.0.0.1',
    host: '127.0.0.1',
    serverCertificateManager: manager('server'),
    userCertificateManager: manager('users'),
    allowAnonymous: user === undefined,
    ...(user === undefined
      ? {}
      : {
          securityModes: [MessageSecurityMode.SignAndEncrypt],
          securityPolicies: [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep],
          userManager: {
            isValidUser: (name: string, password: string) => name === user.name && password === user.password,
          },
        }),
  });
  await server.initialize();
  const space = server.engine.addressSpace!;
  const namespace = space.getOwnNamespace();
  const folderNode = namespace.addFolder('ObjectsFolder', { browseName: 'Plant' });
  const variables = new Map(
    Object.entries(nodes).map(([name, { type, value, unit, readOnly = false, hidden = false }]) => {
      const access = hidden ? 'CurrentWrite' : readOnly ? 'CurrentRead' : 'CurrentRead | CurrentWrite';
      const variable = namespace.addVariable({
        componentOf: folderNode,
        nodeId: `s=${name}`,
        browseName: name,
        dataType: type,
        accessLevel: access,
        userAccessLevel: access,
        minimumSamplingInterval: 10,
        value: new Variant({ dataType: type, arrayType: VariantArrayType.Scalar, value }),
      });
      if (unit !== undefined) {
        const structure = space.constructExtensionObject(space.findDataType('EUInformation')!, {
          namespaceUri: 'http://www.opcfoundation.org/UA/units/un/cefact',
          unitId: unit.unitId,
          displayName: { text: unit.displayName },
        });
        namespace.addVariable({
          propertyOf: variable,
          browseName: { name: 'EngineeringUnits', namespaceIndex: 0 },
          typeDefinition: 'PropertyType',
          dataType: 'EUInformation',
          value: { dataType: DataType.ExtensionObject, value: structure },
        });
      }
      return [name, { variable, type }];
    }),
  );
  await server.start();
  restore();
  return {
    port: chosen,
    url: `opc.tcp://127.0.0.1:${chosen}`,
    certificate: new X509Certificate(server.getCertificate()).toString(),
    set: (name, value, { status = StatusCodes.Good, time = new Date() } = {}) => {
      const { variable, type } = variables.get(name)!;
      variable.setValueFromSource(
        { dataType: type, arrayType: VariantArrayType.Scalar, value },
        status,
        time,
      );
    },
    get: (name) => variables.get(name)!.variable.readValue().value.value as unknown,
    subscriptions: () => server.currentSubscriptionCount,
    stop: async () => {
      await server.shutdown(0);
      restore();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

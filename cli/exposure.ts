/** Options of `serve` → who can reach the page, and who is let in. Beyond this machine nothing is open by accident. */
import { readFileSync } from 'node:fs';
import { createAuthenticator, readAccess } from '../live/serve/access.ts';
import { AuditError, openAudit } from '../live/serve/audit.ts';
import type { AuditLog } from '../live/serve/audit.ts';
import { createGuard } from '../live/serve/guard.ts';
import type { PageOptions } from './page.ts';
import { Refusal } from './terminal/terminal.ts';
import { readText } from './trust.ts';

export interface ExposureOptions {
  host?: string;
  access?: string;
  tlsCert?: string;
  tlsKey?: string;
  tlsElsewhere?: boolean;
  audit?: string;
}

export type Exposure = Pick<PageOptions, 'host' | 'tls' | 'guard'> & { audit: AuditLog | undefined };

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** @param tell hears of an audit log that cannot be written, and when it can again */
export function exposureOf(options: ExposureOptions, tell: (text: string) => void): Exposure {
  const { host, tlsCert, tlsKey, tlsElsewhere = false } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new Refusal('--tls-cert and --tls-key belong together: name both or none');
  if (tlsElsewhere && tlsCert !== undefined)
    throw new Refusal('TLS ends either here (--tls-cert) or elsewhere (--tls-elsewhere)');
  if (host !== undefined && !LOOPBACK.test(host)) {
    if (options.access === undefined)
      throw new Refusal(
        `--host ${host} lets others in: say who may do what with --access FILE (pollux access makes one)`,
      );
    if (tlsCert === undefined && !tlsElsewhere)
      throw new Refusal(
        `--host ${host} sends tokens over a network: name a certificate with --tls-cert and --tls-key, or say with --tls-elsewhere that something before it ends TLS`,
      );
  }
  const access =
    options.access === undefined ? undefined : readAccess(readText(options.access, 'access file'));
  if (access !== undefined && 'problem' in access)
    throw new Refusal(`${options.access} cannot be used: ${access.problem}`);
  const audit = options.audit === undefined ? undefined : auditAt(options.audit, tell);
  const authenticator = access === undefined ? undefined : createAuthenticator(access, Date.now);
  return {
    ...(host === undefined ? {} : { host }),
    ...(tlsCert === undefined
      ? {}
      : { tls: { cert: readText(tlsCert, 'certificate'), key: readFileSync(tlsKey!, 'utf8') } }),
    guard: (names) =>
      createGuard({
        ...names,
        secure: tlsCert !== undefined || tlsElsewhere,
        ...(authenticator === undefined ? {} : { authenticator }),
        ...(audit === undefined ? {} : { audit }),
      }),
    audit,
  };
}

function auditAt(file: string, tell: (text: string) => void): AuditLog {
  try {
    return openAudit(file, Date.now, tell);
  } catch (error) {
    throw error instanceof AuditError ? new Refusal(error.message) : error;
  }
}

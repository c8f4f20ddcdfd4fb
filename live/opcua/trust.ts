/** Which servers are believed: those whose certificate was named, or was signed by one that was. */
import { X509Certificate } from 'node:crypto';

/** Certificates of a file: PEM, any number of them, or one in DER. */
export function certificatesOf(content: Buffer): X509Certificate[] {
  const blocks = content
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  try {
    return (blocks ?? [content]).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

/** Why a server's certificate (DER, the rest of its chain behind it) is not believed; undefined when it is. `host`: as the address has it. */
export function whyUntrusted(
  offered: Uint8Array,
  trusted: readonly X509Certificate[],
  host: string,
  now: number,
): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(offered);
  } catch {
    return 'what it shows is no certificate';
  }
  if (now < Date.parse(certificate.validFrom))
    return 'its certificate does not hold yet; are the clocks right?';
  if (now > Date.parse(certificate.validTo)) return 'its certificate has expired';
  if (trusted.some(({ raw }) => raw.equals(certificate.raw))) return undefined;
  const signer = trusted.find(
    (each) => each.ca && certificate.checkIssued(each) && certificate.verify(each.publicKey),
  );
  const shown = `SHA-1 ${certificate.fingerprint.replaceAll(':', '').toLowerCase()}`;
  if (signer === undefined)
    return `its certificate (${shown}) is not trusted; if it is the right one, name it with POLLUX_OPCUA_CA`;
  if (now > Date.parse(signer.validTo)) return 'the certificate of who signed its own has expired';
  const named = host.replaceAll(/^\[|\]$/g, '');
  if (certificate.checkHost(named) === undefined && certificate.checkIP(named) === undefined)
    return `its certificate (${shown}) is for another host than ${named}`;
  return undefined;
}

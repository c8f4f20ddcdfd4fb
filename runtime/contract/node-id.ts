/** Node ids of OPC UA as a binding writes them (Part 6, 5.3.1.10): `ns=2;s=P101.CasingTemp`, `i=2258`, `nsu=http://acme.com/plant;s=P101`. */

export interface NodeIdText {
  /** Its place in the server's list of namespaces, or its URI, which stays when that list changes. */
  namespace: number | string;
  kind: 'i' | 's' | 'g' | 'b';
  value: string;
}

/** By Part 3, 8.2.4. */
const LONGEST = 4096;

/** The parts of a node id, or what is wrong with it, as the end of a sentence. */
export function parseNodeId(text: string): NodeIdText | { problem: string; help: string } {
  if (text.length > LONGEST)
    return {
      problem: `has ${text.length} characters, and a node id has at most ${LONGEST}`,
      help: 'Copy it from a browser of the server.',
    };
  const match = /^(?:ns=([^;]*);|nsu=([^;]*);)?([a-z])=(.*)$/su.exec(text);
  const [, index, uri, kind = '', value = ''] = match ?? [];
  if (match === null) return { problem: 'is no node id', help: likely(text) };
  if (index !== undefined && (!/^\d{1,5}$/.test(index) || Number(index) > 65_535))
    return {
      problem: `has the namespace '${index}', and ns= is followed by a number up to 65535`,
      help: 'A namespace by its name is written nsu=http://….',
    };
  if (uri === '') return { problem: 'names no namespace after nsu=', help: 'Write nsu=http://…;s=….' };
  const namespace = uri === undefined ? Number(index ?? 0) : decoded(uri);
  switch (kind) {
    case 'i':
      if (/^\d{1,10}$/.test(value) && Number(value) <= 0xffff_ffff) return { namespace, kind, value };
      return {
        problem: `has '${value}' after i=, where a whole number up to 4294967295 stands`,
        help: 'A name is written with s=.',
      };
    case 's':
      if (value !== '') return { namespace, kind, value };
      return { problem: 'has no name after s=', help: 'Write ns=2;s=….' };
    case 'g':
      if (/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(value))
        return { namespace, kind, value };
      return {
        problem: `has '${value}' after g=, which is no GUID`,
        help: 'It looks like g=72962b91-fa75-4ae6-8d28-b404dc7daf63.',
      };
    case 'b':
      if (/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(value) && value !== '')
        return { namespace, kind, value };
      return {
        problem: `has '${value}' after b=, which is no Base64`,
        help: 'It looks like b=M/RbKBsRVkePCePcx24oRA==.',
      };
    default:
      return {
        problem: `has '${kind}=', and a node id has i=, s=, g= or b= there`,
        help: 'i= is a number, s= a name, g= a GUID, b= bytes in Base64.',
      };
  }
}

/** The usual slips: blanks, capitals, a colon or comma, or nothing but the name. */
function likely(text: string): string {
  const slip = /^\s*ns\s*[=:]\s*(\d+)\s*[;,]\s*([isgb])\s*[=:]\s*(.*?)\s*$/isu.exec(text);
  if (slip !== null) return `Write ns=${slip[1]};${slip[2]!.toLowerCase()}=${slip[3]}.`;
  const name = text.trim();
  return /[=;]/.test(name) || name === ''
    ? 'It looks like ns=2;s=P101.CasingTemp or ns=2;i=1042.'
    : `If that is its name in namespace 2, write ns=2;s=${name}.`;
}

/** Percent signs stand for `;` and `%` in a URI (Part 6, 5.3.1.11). */
const decoded = (uri: string): string => uri.replaceAll(/%3b/gi, ';').replaceAll('%25', '%');

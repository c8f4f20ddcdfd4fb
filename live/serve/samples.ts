/** `POST /samples`: who may send, how much, and what is answered. What samples are is `live/http`'s to say. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sentenceOf } from '../said.ts';
import type { Guard } from './guard.ts';
import { isOurOrigin } from './sign-in-routes.ts';

type Format = 'lines' | 'json' | 'senml';
interface Report {
  taken: number;
  refused: number;
}

/** What takes samples. */
export interface SampleSink {
  /** In words why none are taken now; undefined when they are. */
  closed(): string | undefined;
  batch(
    format: Format,
    called: (name: string, secret: boolean) => void,
  ): {
    take(bytes: Uint8Array): Promise<void>;
    end(): Promise<Report | { problem: string }>;
    report(): Report;
  };
}

/** Bytes of a request: of lines, which are worked off as they come, and of what has to be there before it can be read. */
const LARGEST = { lines: 64 * 1024 * 1024, json: 8 * 1024 * 1024, senml: 8 * 1024 * 1024 } as const;
/** Requests that are worked off at the same time. */
const MOST_AT_ONCE = 32;
/** ms without anything new from somebody who sends. */
const PATIENCE = 30_000;

const FORMATS: Readonly<Record<string, Format>> = {
  'application/x-ndjson': 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  'application/json': 'json',
  'application/senml+json': 'senml',
  'application/sensml+json': 'senml',
};

/** `sink`: undefined where no binding is fed by requests. */
export function addSamples(server: FastifyInstance, guard: Guard, sink: () => SampleSink | undefined): void {
  let busy = 0;
  void server.register(async (scope) => {
    // Read here, piece by piece, after it is known who sends.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body));
    scope.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
      const status = error.statusCode ?? 500;
      const text =
        status === 415 ? WHICH_TYPE : status < 500 ? error.message : 'This is a fault of the server.';
      return reply.code(status).header('connection', 'close').send({ error: text });
    });
    scope.post('/samples', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const refused = await refusal(request, reply);
      if (refused !== undefined) {
        // What is still under way is not read.
        reply.header('connection', 'close');
        return reply.send({ error: refused });
      }
      busy += 1;
      try {
        return await taken(request, reply);
      } finally {
        busy -= 1;
      }
    });
  });

  /** Sets the status, and says why. */
  async function refusal(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const from = request.ip;
    if (!isOurOrigin(request.raw)) {
      reply.code(403);
      return 'Pages of other servers cannot send samples.';
    }
    const identity = await guard.identify(request.headers, from);
    if (identity === undefined) {
      reply.code(401).header('www-authenticate', 'Bearer');
      return 'Say who you are: send the header Authorization: Bearer TOKEN.';
    }
    const notAllowed = guard.refusesSamples(identity, from);
    if (notAllowed !== undefined) {
      reply.code(403);
      return sentenceOf(notAllowed);
    }
    const there = sink();
    if (there === undefined) {
      reply.code(404);
      return 'This twin takes no samples over HTTP: bind a sensor with from http("NAME"), and run it live.';
    }
    const closed = there.closed();
    if (closed !== undefined) {
      reply.code(503).header('retry-after', '5');
      return closed;
    }
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      reply.code(415);
      return `The body is packed (${encoding.slice(0, 40)}), and is read as it is: send it unpacked.`;
    }
    const format = formatOf(request);
    if (format === undefined) {
      reply.code(415);
      return WHICH_TYPE;
    }
    if (Number(request.headers['content-length'] ?? 0) > LARGEST[format]) {
      reply.code(413);
      return tooLarge(format);
    }
    if (busy >= MOST_AT_ONCE) {
      reply.code(503).header('retry-after', '1');
      return `${MOST_AT_ONCE} requests are being worked off: send this one again in a second, and put more samples in one.`;
    }
    return undefined;
  }

  async function taken(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const format = formatOf(request)!;
    const identity = (await guard.identify(request.headers, request.ip))!;
    const batch = sink()!.batch(format, (name, secret) => guard.called(identity, name, secret, request.ip));
    const body = request.body as IncomingMessage;
    const still = setTimeout(() => body.destroy(new Error('nothing came')), PATIENCE);
    let bytes = 0;
    try {
      for await (const piece of body as AsyncIterable<Buffer>) {
        still.refresh();
        bytes += piece.length;
        if (bytes > LARGEST[format]) {
          reply.code(413).header('connection', 'close');
          return reply.send({ error: tooLarge(format), ...batch.report() });
        }
        await batch.take(piece);
        still.refresh();
      }
    } catch (error) {
      if (!body.destroyed && !body.errored) throw error;
      // Whoever sent has gone; what came is taken.
      await batch.end();
      return reply.code(400).send({ error: 'The request was cut off.', ...batch.report() });
    } finally {
      clearTimeout(still);
    }
    const report = await batch.end();
    if ('problem' in report) return reply.code(400).send({ error: `Nothing was taken: ${report.problem}.` });
    if (report.taken + report.refused === 0)
      return reply.code(400).send({ error: 'There are no samples in it.', ...report });
    return reply.code(report.refused === 0 ? 200 : report.taken === 0 ? 400 : 207).send(report);
  }
}

const WHICH_TYPE =
  'Say in the header Content-Type what is sent: application/x-ndjson, application/json or application/senml+json.';

const formatOf = (request: FastifyRequest): Format | undefined => {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
};

const tooLarge = (format: Format): string =>
  `The body has more than ${LARGEST[format]} bytes: send it in parts${format === 'lines' ? '' : ', or as application/x-ndjson, which may be longer'}.`;

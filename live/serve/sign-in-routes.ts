/** Where a browser signs in and out. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Guard } from './guard.ts';
import { signInPage } from './sign-in-page.ts';

export function addSignIn(server: FastifyInstance, guard: Guard): void {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  server.get('/sign-in', (request, reply) => page(request, reply));
  server.post('/sign-in', async (request, reply) => {
    if (!isOurOrigin(request.raw)) return reply.code(403).type('text/plain').send('From another page.\n');
    const token = request.body instanceof URLSearchParams ? (request.body.get('token') ?? '') : '';
    const signedIn = await guard.signIn(token.trim(), request.ip);
    reply.header('cache-control', 'no-store');
    if (signedIn === 'tooOften') return page(request, reply.code(429), 'tooOften');
    if (signedIn === 'notAudited') return page(request, reply.code(503), 'notAudited');
    if (signedIn === 'wrong') return page(request, reply.code(401), 'wrong');
    return reply.header('set-cookie', signedIn.cookie).redirect('/', 303);
  });
  server.post('/sign-out', (request, reply) => {
    if (isOurOrigin(request.raw)) guard.signOut(request.headers, request.ip);
    return reply.redirect('/sign-in', 303);
  });
}

const page = (
  request: FastifyRequest,
  reply: FastifyReply,
  problem?: 'wrong' | 'tooOften' | 'notAudited',
): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('vary', 'accept-language')
    .send(signInPage(request.headers['accept-language'], problem));

/** A person gets the page to sign in on; a program the header that says how. */
export function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(401).headers({ 'www-authenticate': 'Bearer', 'cache-control': 'no-store' });
  return request.url === '/' ? page(request, reply) : reply.type('text/plain').send('Sign in first.\n');
}

/** Programs send no Origin; browsers always do, and then it must be the page's own. */
export function isOurOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return headers.origin === `http://${headers.host}` || headers.origin === `https://${headers.host}`;
}

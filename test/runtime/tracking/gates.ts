import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';

/** What stands in front of a tracking server at a hospital: a TLS terminator, a door that asks who comes, a company's proxy. */

export interface Gate {
  readonly port: number;
  /** `METHOD address` of each request that came, and what it showed of itself. */
  readonly seen: readonly { readonly what: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** Paths of PEM files: an authority, what it signed for `mlflow.test` and 127.0.0.1, and for a client (with its key). */
export interface Certificates {
  readonly authority: string;
  readonly server: string;
  readonly client: string;
}

/** @returns null where there is no openssl */
export function makeCertificates(folder: string): Certificates | null {
  const openssl = (...args: readonly string[]) => spawnSync('openssl', args, { cwd: folder }).status === 0;
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  if (!openssl('req', '-x509', ...key, '-subj', '/CN=Lab authority', '-keyout', 'ca.key', '-out', 'ca.pem'))
    return null;
  for (const name of ['server', 'client']) {
    writeFileSync(join(folder, `${name}.ext`), 'subjectAltName=DNS:mlflow.test,IP:127.0.0.1\n');
    openssl('req', ...key.slice(0, 3), '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`, '-days', '2'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.crt`);
    const both = ['crt', 'key'].map((end) => readFileSync(join(folder, `${name}.${end}`), 'utf8'));
    writeFileSync(join(folder, `${name}.pem`), both.join(''));
  }
  const [authority, server, client] = ['ca.pem', 'server.pem', 'client.pem'].map((name) => join(folder, name));
  return { authority: authority ?? '', server: server ?? '', client: client ?? '' };
}

/** Speaks TLS, and plainly to the server behind. */
export function tlsGate(
  upstreamPort: number,
  certificates: Certificates,
  { asksForClient = false } = {},
): Promise<Gate> {
  const pem = readFileSync(certificates.server);
  const ca = readFileSync(certificates.authority);
  const server = createTlsServer({
    cert: pem,
    key: pem,
    ca,
    requestCert: asksForClient,
    rejectUnauthorized: asksForClient,
  });
  return open(server, upstreamPort, () => null);
}

/** Lets in only who shows this `Authorization`. */
export function authGate(upstreamPort: number, authorization: string): Promise<Gate> {
  return open(createServer(), upstreamPort, ({ headers }) => (headers.authorization === authorization ? null : 401));
}

/** A proxy for every host, whose requests all end at one port of this machine. */
export async function forwardProxy(upstreamPort: number, authorization: string | null = null): Promise<Gate> {
  const server = createServer();
  const refuse = ({ headers }: IncomingMessage) =>
    authorization === null || headers['proxy-authorization'] === authorization ? null : 407;
  const gate = await open(server, upstreamPort, refuse);
  server.on('connect', (incoming, socket, head) => {
    gate.seen.push({ what: `CONNECT ${incoming.url}`, headers: incoming.headers });
    if (refuse(incoming) !== null) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const onward = connect(upstreamPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].map((each) => each.destroy()));
  });
  return gate;
}

async function open(
  server: Server,
  upstreamPort: number,
  refuse: (incoming: IncomingMessage) => number | null,
): Promise<Gate & { readonly seen: { what: string; headers: IncomingMessage['headers'] }[] }> {
  const seen: { what: string; headers: IncomingMessage['headers'] }[] = [];
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    seen.push({ what: `${incoming.method} ${incoming.url}`, headers: incoming.headers });
    const status = refuse(incoming);
    if (status !== null) return void incoming.resume().on('end', () => outgoing.writeHead(status).end());
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://here');
    const host = `127.0.0.1:${upstreamPort}`;
    const options = { method: incoming.method, headers: { ...incoming.headers, host } };
    const onward = request(`http://${host}${pathname}${search}`, options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** What happens to a request on its way: an answer of the proxy's own, or the server's answer lost on the way back. */
export type Fault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The server does what was asked, and nobody hears of it. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' }
  /** Half of what was sent goes on, and then something happens to the server. */
  | { readonly kind: 'midway'; readonly strike: () => void };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** A server between the client and MLflow that spoils chosen requests. */
export class FaultProxy {
  readonly uri: string;
  readonly seen: SeenRequest[] = [];
  /** Asked for each request; null passes it on untouched. */
  fault: (request: SeenRequest) => Fault | null = () => null;
  /** Sent on instead of the client's own `Host`. */
  hostHeader: string | null = null;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.uri = `http://127.0.0.1:${port}`;
  }

  /** @param upstream address of the real server */
  static async start(upstream: string): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const proxy = new FaultProxy(server, address.port);
    server.on('request', (incoming, outgoing) => proxy.#handle(upstream, incoming, outgoing));
    return proxy;
  }

  /** Spoils the first `times` requests whose path contains `part`. */
  spoil(part: string, times: number, fault: Fault): void {
    let left = times;
    this.fault = (seen) => {
      if (left === 0 || !seen.path.includes(part)) return null;
      left -= 1;
      return fault;
    };
  }

  count(part: string): number {
    return this.seen.filter((seen) => seen.path.includes(part)).length;
  }

  /** Nothing listens any more: connections are refused, and those that stand are cut. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens again, where it did before. */
  async accept(): Promise<void> {
    if (this.#server.listening) return;
    const port = Number(new URL(this.uri).port);
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  #handle(upstream: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const seen = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers };
    this.seen.push(seen);
    const fault = this.fault(seen);
    if (fault?.kind === 'answer') {
      incoming.resume();
      incoming.on('end', () => outgoing.writeHead(fault.status, fault.headers).end(fault.body ?? ''));
      return;
    }
    const headers = { ...incoming.headers, ...(this.hostHeader === null ? {} : { host: this.hostHeader }) };
    const onward = request(`${upstream}${seen.path}`, { method: seen.method, headers }, (answer) => {
      if (fault?.kind === 'hang') return void answer.resume();
      if (fault?.kind === 'cut') return void answer.resume().on('end', () => incoming.socket.destroy());
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    if (fault?.kind === 'midway') {
      incoming.once('data', (part: Buffer) => {
        incoming.pause();
        onward.write(part.subarray(0, part.length / 2), fault.strike);
      });
      return;
    }
    incoming.pipe(onward);
  }
}

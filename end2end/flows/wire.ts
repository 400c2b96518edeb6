// Requests that no browser sends: any `Host`, and a form on another site that posts to ours.
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Raw {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export function sendRaw(url: string, options: { method?: string; headers: Record<string, string>; body?: string }): Promise<Raw> {
  const { port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: `${pathname}${search}`, method: options.method ?? 'GET', headers: options.headers },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces).toString() }));
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** A page at `127.0.0.1`, which is another site than `localhost`. */
export async function withForeignPage(html: string, use: (address: string) => Promise<void>): Promise<void> {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html; charset=utf-8').end(html));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** Serves the files of a folder on this machine, until it is closed. */
export async function serveFolder(
  folder: string,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer(({ url = '' }, response) => {
    // Who computes in between keeps no connection.
    response.setHeader('Connection', 'close');
    createReadStream(join(folder, url))
      .on('error', () => void response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

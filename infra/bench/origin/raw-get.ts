import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

/** An answer with its body as it was sent, compressed or not. */
export type RawAnswer = { status: number; headers: Record<string, string | undefined>; body: Buffer };

/** Asks for an address without touching the body. */
export function rawGet(url: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const answer = response.headers as Record<string, string | undefined>;
        resolve({ status: response.statusCode ?? 0, headers: answer, body: Buffer.concat(pieces) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

import type { RequestFields } from '../../http/fast-lane/request-fields.ts';
import { ICY_METAINT } from './icy-metadata.ts';

/** What the header block of a progressive stream tells. */
export type StreamFacts = { contentType: string; kbps: number; stationTitle: string; icy: boolean };

/** Whether the client asked for metadata between the audio. */
export function wantsIcy(fields: RequestFields): boolean {
  return fields['icy-metadata'] === '1';
}

/** Header fields of a progressive stream; on HTTP/1 it lasts as long as its connection. */
export function streamHeaders({ contentType, kbps, stationTitle, icy }: StreamFacts): Record<string, string> {
  return {
    'Content-Type': contentType,
    'Cache-Control': 'no-store',
    'Accept-Ranges': 'none',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'icy-br, icy-metaint, icy-name',
    'icy-br': String(kbps),
    'icy-name': headerText(stationTitle),
    ...(icy ? { 'icy-metaint': String(ICY_METAINT) } : {}),
  };
}

/** UTF-8 as the bytes of a header field, which is what players of such streams read. */
function headerText(text: string): string {
  return Buffer.from(text.replaceAll(/\p{Cc}/gu, ' ')).toString('latin1');
}

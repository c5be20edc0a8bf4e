/** A server that takes nothing for so long is given up, in ms. */
const STALL_MS = 20_000;

/** What is sent. */
export type FileToSend = {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: Blob;
  /** Told how much has gone so far, 0 to 1. */
  onSent: (share: number) => void;
};

/** What came back. */
export type FileAnswer = { status: number; headers: Headers; text: string };

/** Sends a file and tells how far it is, which `fetch` cannot. Rejects when no answer comes. */
export function sendFile(url: string, { method, headers, body, onSent }: FileToSend): Promise<FileAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stillAlive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALL_MS);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      stillAlive();
      if (total > 0) onSent(loaded / total);
    };
    request.onload = () => resolve({ status: request.status, headers: headersOf(request), text: request.responseText });
    request.onerror = () => reject(new TypeError('the connection was lost'));
    request.onabort = () => reject(new TypeError(`nothing was taken for ${STALL_MS / 1000} s`));
    request.onloadend = () => clearTimeout(timer);
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    stillAlive();
    request.send(body);
  });
}

function headersOf(request: XMLHttpRequest): Headers {
  const lines = request.getAllResponseHeaders().trim().split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).trim()];
  });
  return new Headers(pairs.filter(([name]) => name !== ''));
}

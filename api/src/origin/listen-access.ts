import { askedSession } from './listener-session.ts';
import { isOfStation, type OriginPath, type StationPath } from './origin-path.ts';

/** Knows who may listen to what. It is asked with every request, so what it knows it has to answer at once. */
export type ListenAccess = {
  /** Whether everybody may listen to a station. */
  isOpen(station: string): boolean | Promise<boolean>;
  /**
   * Opens a session of a station that is not open, by a token, under the name that the client gave or a new one.
   * Undefined when the token gives no right.
   */
  open(station: string, by: { token: string; session: string | undefined }): Promise<string | undefined>;
  /** Whether a session may have the sound of a station that is not open. Being asked about keeps it alive. */
  mayFetch(station: string, session: string): boolean | Promise<boolean>;
  /**
   * Keeps a session alive until the function that comes back is called, and calls `lost` once when it may not listen any
   * more, also because its station is open no longer.
   */
  hold(station: string, session: string, lost: () => void): () => void;
};

/** Who is let in: everybody, nobody, or this session alone. */
export type Admission = 'open' | 'refused' | { readonly session: string };

/** Decides about a request; at once where nothing has to be looked up. Rejects when it cannot be known. */
export function admit(access: ListenAccess, path: OriginPath): Admission | Promise<Admission> {
  const open = access.isOpen(path.station);
  if (open === true) return 'open';
  if (open === false) return admitToClosed(access, path);
  return open.then((isOpen) => (isOpen ? 'open' : admitToClosed(access, path)));
}

function admitToClosed(access: ListenAccess, path: OriginPath): Admission | Promise<Admission> {
  if (isOfStation(path)) return openSession(access, path);
  const { station, session } = path;
  if (session === undefined) return 'refused';
  const may = access.mayFetch(station, session);
  return may instanceof Promise ? may.then((good) => admissionOf(session, good)) : admissionOf(session, may);
}

async function openSession(access: ListenAccess, { station, query, session }: StationPath): Promise<Admission> {
  const known = session ?? askedSession(query);
  if (known !== undefined && (await access.mayFetch(station, known))) return { session: known };
  const token = new URLSearchParams(query).get('token');
  const opened = token === null ? undefined : await access.open(station, { token, session: known });
  return opened === undefined ? 'refused' : { session: opened };
}

function admissionOf(session: string, good: boolean): Admission {
  return good ? { session } : 'refused';
}

import { listenPath, signInPath, studioPath } from '../contract/index.ts';
import { probe } from './http-probe.ts';
import type { LogView } from './log-view.ts';
import type { Addresses } from './run-context.ts';
import type { FirstRun } from './station-command.ts';

/** What there is to tell once everything runs. */
export type Welcome = {
  addresses: Addresses;
  /** What was just made, on a first run. */
  first: FirstRun;
  view: LogView;
  /** How long starting took, in ms. */
  tookMs: number;
};

/** Prints where to listen and where to speak. */
export async function welcome({ addresses, first, view, tookMs }: Welcome): Promise<void> {
  const url = addresses.shown;
  view.say(`\nAwaz Pulse is ready (${(tookMs / 1000).toFixed(1)} s).\n`);
  view.say(`  Listen  ${url}/`);
  view.say(`  Studio  ${url}/studio`);
  const admin = await probe(`${addresses.local}/admin`);
  if (admin?.status === 200) view.say(`  Admin   ${url}/admin`);
  const { station: made, signInToken } = first;
  if (made !== undefined) {
    view.say(
      `\nYour first station is "${made.station}". Its studio link holds the stream key; it is shown only now:\n`,
    );
    view.say(`  Studio  ${url}${studioPath(made.station, made.key)}`);
    view.say(`  Listen  ${url}${listenPath(made.station)}`);
  }
  if (signInToken !== undefined) {
    view.say('\nThis link makes you the administrator. It works once, within a day:\n');
    view.say(`  Sign in  ${url}${signInPath(signInToken)}`);
  }
  view.say('\nStop with Ctrl-C.\n');
}

import type { Acknowledgement } from '@awaz/infra/contract';
import { until } from '@awaz/infra/testkit';
import { expect, test } from '@jest/globals';
import { programmeOf, ShowModel } from './show-model.ts';

const offAir = { ok: false, error: { code: 'off_air', message: '' } } as const;

test('what is written off air is told when the station goes on air, once', async () => {
  const told: unknown[] = [];
  let answer: Acknowledgement<{ at: number }> = offAir;
  const show = new ShowModel(async (body) => {
    told.push(body);
    return answer;
  });
  show.write('show', ' Subah ki Mehfil ');
  await show.tell();
  expect(show.state.value.kind).toBe('waiting');
  answer = { ok: true, at: 1 };
  show.wentOnAir();
  await until(() => show.state.value.kind === 'told');
  show.wentOnAir();
  expect(told).toEqual(Array(2).fill({ show: 'Subah ki Mehfil', host: null, track: null }));
});

test('what is on air is taken over until somebody writes', () => {
  const show = new ShowModel(async () => offAir);
  const programme = { show: 'Night', host: null, track: { title: 'Blue', artist: '' }, at: 0 };
  show.adopt(programme);
  expect(show.texts.value).toEqual({ show: 'Night', host: '', title: 'Blue', artist: '' });
  show.write('host', 'Ayesha');
  show.adopt({ ...programme, show: 'Day' });
  expect(show.texts.value).toEqual({ show: 'Night', host: 'Ayesha', title: 'Blue', artist: '' });
});

test('a refusal is kept to be shown', async () => {
  const show = new ShowModel(async () => ({ ok: false, error: { code: 'forbidden', message: 'no' } }));
  await show.tell();
  expect(show.state.value).toEqual({ kind: 'failed', problem: { code: 'forbidden', message: 'no' } });
});

test('an artist without a title is no track', () => {
  expect(programmeOf({ show: '', host: '', title: ' ', artist: 'Nusrat' }).track).toBeNull();
});

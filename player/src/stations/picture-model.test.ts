import { beforeEach, describe, expect, test } from '@jest/globals';
import { RestProblem } from '../rest/index.ts';
import type { ReadPicture } from './picture-file.ts';
import { PictureModel, type PictureState } from './picture-model.ts';

const picture = new Blob(['picture'], { type: 'image/png' });

let changes: number;
let refusal: RestProblem | undefined;
let states: PictureState[];

const open = (read: (file: Blob) => Promise<ReadPicture> = (file) => Promise.resolve({ picture: file })) => {
  const answer = () => (refusal === undefined ? Promise.resolve() : Promise.reject(refusal));
  const model = new PictureModel({
    station: 'radio',
    read,
    onChanged: () => changes++,
    api: {
      setPicture: async (_station, _picture, onSent) => {
        onSent(0.5);
        await answer();
        return { artwork: '/artwork/radio/new.webp' };
      },
      removePicture: answer,
    },
  });
  states = [];
  model.state.subscribe((state) => states.push(state));
  return model;
};

beforeEach(() => {
  changes = 0;
  refusal = undefined;
});

describe('the picture of a station', () => {
  test('is shown before it is sent, and tells how far it is', async () => {
    const model = open();
    await model.choose(picture);
    await model.send();
    const sending = (share: number) => ({ kind: 'sending', preview: expect.stringMatching(/^blob:/), share });
    expect(states).toEqual([
      ...[{ kind: 'idle' }, { kind: 'reading' }, { kind: 'chosen', preview: expect.stringMatching(/^blob:/) }],
      ...[sending(0), sending(0.5), { kind: 'saved' }],
    ]);
    expect(changes).toBe(1);
  });

  test('stays chosen when the server refuses it, with the reason', async () => {
    const model = open();
    await model.choose(picture);
    refusal = new RestProblem('overloaded', '');
    await model.send();
    expect(model.state.value.kind).toBe('chosen');
    expect(model.problem.value).toBe('The server is busy. Try again in a moment.');
    refusal = undefined;
    await model.send();
    expect(model.state.value.kind).toBe('saved');
    expect(model.problem.value).toBeUndefined();
  });

  test('is not taken when the file is none, or too small', async () => {
    const model = open(() => Promise.resolve({ fault: { kind: 'too_small', width: 640, height: 20 } }));
    await model.choose(picture);
    expect(model.state.value.kind).toBe('idle');
    expect(model.problem.value).toBe('This picture has 640 by 20 pixels. It needs 64 on each side at least.');
  });

  test('of two files, the one chosen last counts, however long they take to read', async () => {
    let finish: (read: ReadPicture) => void = () => {};
    const slow = new Promise<ReadPicture>((resolve) => {
      finish = resolve;
    });
    const model = open((file) => (file === picture ? slow : Promise.resolve({ picture: file })));
    const first = model.choose(picture);
    await model.choose(new Blob(['another']));
    const { value } = model.state;
    finish({ picture });
    await first;
    expect(model.state.value).toBe(value);
  });

  test('is taken away, or not with the reason', async () => {
    const model = open();
    refusal = new RestProblem('unreachable', '');
    await model.remove();
    expect(model.problem.value).toMatch(/^The server does not answer/);
    refusal = undefined;
    await model.remove();
    expect(model.state.value.kind).toBe('removed');
    expect(changes).toBe(1);
  });
});

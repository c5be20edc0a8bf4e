import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ModelNetwork } from './test/model-network.ts';

type Step = (network: ModelNetwork) => void;

const steps: fc.WeightedArbitrary<Step>[] = [
  { weight: 8, arbitrary: fc.constant((network) => network.record()) },
  { weight: 8, arbitrary: fc.constant((network) => network.deliverToServer()) },
  { weight: 8, arbitrary: fc.constant((network) => network.deliverToClient()) },
  { weight: 2, arbitrary: fc.constant((network) => network.cut()) },
];
const restart: Step = (network) => network.startEpoch();
const forget = fc.nat({ max: 60 }).map<Step>((chunks) => (network) => network.forget(chunks));

/** A network after these steps and a calm end. */
function after(perform: Step[]): ModelNetwork {
  const network = new ModelNetwork();
  network.startEpoch();
  for (const step of perform) step(network);
  network.settle();
  return network;
}

/** An epoch that was never reached has no trace on the server. */
const withoutEmpty = (epochs: number[][]) => epochs.filter((epoch) => epoch.length > 0);

describe('whatever the network does', () => {
  test('the server stores every chunk once, in order, in its own epoch, and gets the end', () => {
    const step = fc.oneof(...steps, { weight: 1, arbitrary: fc.constant(restart) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (perform) => {
        const network = after(perform);
        expect(withoutEmpty(network.epochs)).toEqual(withoutEmpty(network.recorded));
        expect(network).toMatchObject({ ended: true, lost: 0 });
      }),
      { numRuns: 300 },
    );
  });

  test('the server gets back what it forgot of the last 5 s', () => {
    const step = fc.oneof(...steps, { weight: 1, arbitrary: forget });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (perform) => {
        const network = after(perform);
        expect(network.epochs.flat()).toEqual(network.recorded.flat());
        expect(network).toMatchObject({ ended: true, lost: 0 });
      }),
      { numRuns: 300 },
    );
  });
});

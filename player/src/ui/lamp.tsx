import type { ComponentChildren } from 'preact';

/** `on` only for what was measured; what is not known yet is `waiting`. */
export type LampState = 'off' | 'waiting' | 'on' | 'bad';

/** One link of a chain with its proof. `detail` says the state in words: the colour alone says nothing. */
export function Lamp(props: { state: LampState; label: string; detail: ComponentChildren }) {
  return (
    <div class={`lamp lamp--${props.state}`}>
      <span class="lamp-bulb" aria-hidden="true" />
      <span>
        <span class="lamp-label">{props.label}</span>
        <span class="lamp-detail">{props.detail}</span>
      </span>
    </div>
  );
}

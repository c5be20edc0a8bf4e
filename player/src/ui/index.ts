/** Components and theme shared by all pages. Link `ui.css` in the page's HTML. */
export * from './banner.tsx';
export * from './button.tsx';
export * from './card.tsx';
export * from './clock.ts';
export * from './copy-button.tsx';
export * from './empty-state.tsx';
export * from './field.tsx';
export * from './icon.tsx';
export * from './lamp.tsx';
export * from './listener-count.ts';
export * from './listener-pill.tsx';
export * from './pill.tsx';
export * from './pulse-line.tsx';
export * from './select.tsx';
export * from './station-art.tsx';
export * from './theme.ts';
export * from './top-bar.tsx';

import type { Group, Rule } from '../rule.ts';
import { CACHE_RULES } from './cache-rules.ts';
import { DELTA_RULES } from './delta-rules.ts';
import { DIRECTIVE_RULES } from './directive-rules.ts';
import { HEADER_RULES } from './header-rules.ts';
import { HINT_RULES } from './hint-rules.ts';
import { HTTP_RULES } from './http-rules.ts';
import { MEDIA_RULES } from './media-rules.ts';
import { PART_RULES } from './part-rules.ts';
import { REMOVAL_RULES } from './removal-rules.ts';
import { RENDITION_RULES } from './rendition-rules.ts';
import { SERVER_CONTROL_RULES } from './server-control-rules.ts';
import { TIMELINE_RULES } from './timeline-rules.ts';
import { BEHAVIOUR_RULES, TRANSPORT_RULES } from './transport-rules.ts';
import { VARIANT_RULES } from './variant-rules.ts';
import { WINDOW_RULES } from './window-rules.ts';

/** All rules, in the groups and the order of the report. */
export const RULES: readonly (readonly [Group, readonly Rule[]])[] = [
  ['Playlist header', [...HEADER_RULES, ...SERVER_CONTROL_RULES]],
  ['Parts', PART_RULES],
  ['Sliding window', [...WINDOW_RULES, ...REMOVAL_RULES, ...TIMELINE_RULES]],
  ['Media bytes', MEDIA_RULES],
  ['Preload hints', HINT_RULES],
  ['Delivery directives', DIRECTIVE_RULES],
  ['Delta updates', DELTA_RULES],
  ['Renditions', [...RENDITION_RULES, ...VARIANT_RULES]],
  ['HTTP', [...HTTP_RULES, ...CACHE_RULES, ...TRANSPORT_RULES]],
  ['Behaviour', BEHAVIOUR_RULES],
];

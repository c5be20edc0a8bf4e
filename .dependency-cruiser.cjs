// Directions of the data flow, as rules. Every rule says why in its comment.
const only = ({ name, why, from, may }) => ({
  name,
  comment: why,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.ts$' },
  to: { pathNot: may, dependencyTypesNot: ['core', 'npm', 'npm-dev', 'npm-peer'] },
});
const pure = [
  '^transcoder/src/(hls|isobmff)/',
  '^transcoder/src/packager/(part-builder|segment-builder|timeline)\\.ts$',
  '^transcoder/src/session/session-state\\.ts$',
  '^transcoder/src/archive/recording-line\\.ts$',
  '^api/src/(origin/cache-policy|ingest/chunk-limits)\\.ts$',
  '^player/src/playback/playback-state\\.ts$',
];
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.test\\.ts$', '\\.config\\.[jt]s$', '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },

    // workspace directions: player -> api(never) ; api -> transcoder/hls ; all -> infra
    only({ name: 'infra-is-a-leaf', why: 'infra knows no program', from: '^infra/', may: '^infra/' }),
    only({
      name: 'transcoder-knows-only-infra',
      why: 'the transcoder never sees HTTP, Socket.IO or the player',
      from: '^transcoder/',
      may: '^(transcoder|infra)/',
    }),
    only({
      name: 'api-uses-only-hls-of-transcoder',
      why: 'the origin renders playlists, it never touches ffmpeg or packager',
      from: '^api/',
      may: '^(api/|infra/|transcoder/src/hls/)',
    }),
    only({
      name: 'player-knows-only-the-contract',
      why: 'the browser bundle holds wire shapes, no server code',
      from: '^player/src/(?!push/)',
      may: '^(player/|infra/contract/)',
    }),
    only({
      name: 'push-is-a-program-for-node',
      why: 'the push command is bundled by nobody: it paces by the same scanner as ingest and reads its environment',
      from: '^player/src/push/',
      may: '^(player/src/(push|ingest-client)/|infra/(contract|containers|runtime)/)',
    }),
    {
      name: 'no-page-imports-push',
      comment: 'what runs in browsers must not pull in the push command',
      severity: 'error',
      from: { path: '^player/src/', pathNot: '^player/src/push/' },
      to: { path: '^player/src/push/' },
    },
    {
      name: 'no-private-entry',
      comment: 'cross a workspace only through an index.ts named in exports',
      severity: 'error',
      from: { path: '^([^/]+)/' },
      to: { path: '^(infra|transcoder|api|player)/', pathNot: ['^$1/', '/index\\.ts$'] },
    },
    {
      name: 'testkit-only-in-tests',
      severity: 'error',
      from: { pathNot: ['^infra/(testkit|e2e|bench|chaos|interop)/', '\\.test\\.ts$', '/test/'] },
      to: { path: '^infra/testkit/' },
    },

    // pure cores: no Node, no npm
    {
      name: 'contract-is-pure',
      comment: 'the contract runs in the browser: zod and nothing else',
      severity: 'error',
      from: { path: '^infra/contract/' },
      to: { dependencyTypes: ['core'] },
    },
    only({
      name: 'contract-imports-only-itself',
      why: 'the contract is the bottom of the graph',
      from: '^infra/contract/',
      may: '^infra/contract/',
    }),
    {
      name: 'pure-core-no-node',
      comment: 'bytes and playlists are functions: no fs, clock or process',
      severity: 'error',
      from: { path: pure, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-core-no-adapters',
      comment: 'nor Redis, logger or any npm package; shapes (types) of what they write are fine',
      severity: 'error',
      from: { path: pure, pathNot: '\\.test\\.ts$' },
      to: {
        path: ['^infra/(redis|chunk-log|part-log|titles|runtime)/', 'node_modules/'],
        dependencyTypesNot: ['type-only'],
      },
    },

    // order of the pipeline inside the transcoder
    only({
      name: 'isobmff-below-all',
      why: 'boxes know nothing of sessions',
      from: '^transcoder/src/isobmff/',
      may: '^(transcoder/src/isobmff/|infra/contract/)',
    }),
    only({
      name: 'packager-below-session',
      why: 'the packager gets bytes, not ffmpeg',
      from: '^transcoder/src/packager/',
      may: '^(transcoder/src/(packager|isobmff)/|infra/(contract|part-log|titles)/)',
    }),
    only({
      name: 'ffmpeg-below-session',
      why: 'the process wrapper knows no packager and no chunk log',
      from: '^transcoder/src/ffmpeg/',
      may: '^(transcoder/src/ffmpeg/|infra/(contract|runtime)/)',
    }),
    only({
      name: 'session-below-worker',
      why: 'a session is given its broadcast; who gave it is not its business',
      from: '^transcoder/src/session/',
      may: '^(transcoder/src/(session|ffmpeg|frames|packager|isobmff|sound)/|infra/(?!testkit/))',
    }),
    only({
      name: 'archive-knows-no-session',
      why: 'recordings are made of the part log, whoever wrote it',
      from: '^transcoder/src/archive/',
      may: '^(transcoder/src/(archive|isobmff)/|infra/(?!testkit/))',
    }),
    only({
      name: 'sound-knows-no-session',
      why: 'whoever has samples can measure them; where they come from is not its business',
      from: '^transcoder/src/sound/',
      may: '^(transcoder/src/sound/|infra/(alarms|contract|redis|runtime)/)',
    }),

    // data plane and control plane of the api do not know each other
    only({
      name: 'ingest-knows-no-control-plane',
      why: '',
      from: '^api/src/ingest/',
      may: '^(api/src/(ingest|auth|http)/|infra/)',
    }),
    only({
      name: 'origin-knows-no-control-plane',
      why: '',
      from: '^api/src/origin/',
      may: '^(api/src/(origin|http)/|infra/|transcoder/src/hls/)',
    }),
    only({
      name: 'services-know-no-transport',
      why: 'presence, chat, likes, metadata and quality are called by gateways, never the other way',
      from: '^api/src/(presence|chat|likes|metadata|quality)/',
      may: '^(api/src/(presence|chat|likes|metadata|quality)/|infra/)',
    }),
  ],
  options: {
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
    // Built files say the same as their sources, from other places.
    exclude: { path: ['node_modules/(?!@awaz)', '(^|/)dist(-pages)?/'] },
  },
};

/** For tests, end-to-end tests and benchmarks only: real servers, programs and signals to test with. */
export { type AxeFault, axeFaults } from './axe.ts';
export { TEST_CERTIFICATES, TEST_KEY, type TestCertificateFiles, writeTestCertificate } from './certificate.ts';
export { type ChromiumOptions, launchChromium, type TestChromium } from './chromium.ts';
export { testFfmpeg } from './ffmpeg.ts';
export {
  type DecodedMedia,
  type DecoderOptions,
  decodeMedia,
  encodeMedia,
  loadRecording,
  type MediaRequest,
  PUSHED_FORMATS,
  type PushedFormat,
  type Recording,
  type RecordingName,
} from './fixtures/index.ts';
export { type ProgramEnd, type ProgramOptions, runProgram, spawnProgram, type TestProgram } from './programs.ts';
export { startTestRedis, type TestRedis } from './redis.ts';
export { startTestRedisCluster, type TestRedisCluster } from './redis-cluster.ts';
export { type TempDir, tempDir } from './temp-dir.ts';
export { type UntilOptions, until } from './until.ts';
export { clickTrack, pcm16Of, type Sound, type SoundFormat, silence, tone, wavOf } from './wav.ts';

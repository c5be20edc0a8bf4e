/** Jest runs the built files; build first. */
export default {
  rootDir: '..',
  roots: ['<rootDir>/infra/dist', '<rootDir>/transcoder/dist', '<rootDir>/api/dist', '<rootDir>/player/dist'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  testTimeout: 90_000,
  maxWorkers: 2,
};

/** The whole product on one machine, for `npm start`, the browser tests and the benchmarks. */
export { type Demo, type DemoOptions, startDemo } from './demo';

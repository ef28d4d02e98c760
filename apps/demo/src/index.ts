/** The whole product on one machine, for `npm start` and for the browser tests. */
export { type Demo, type DemoOptions, startDemo } from './demo';

/** Bundler and test runner import a `.twin` file as its text. */
declare module '*.twin' {
  const text: string;
  export default text;
}

/** What the bundler makes of a worklet: the address of its own bundle. */
declare module '*?worker&url' {
  const url: string;
  // biome-ignore lint/style/noDefaultExport: the bundler's virtual modules have no other export
  export default url;
}

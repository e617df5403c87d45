// Styles that components make while they run carry the nonce that the server gave this page; without it they are refused.

export const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";

// Some parts of the components' library (the lock of scrolling, the measure of scrollbars) make a style without asking
// for the nonce it was given, so that every new style gets it here.
const create = document.createElement.bind(document);
document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const element = create(name, options);
  if (name.toLowerCase() === "style") element.nonce = nonce;
  return element;
}) as typeof document.createElement;

// Why work failed: in the reader's language where the code is known, with the server's own words below.
import { useWords } from "../words";
import { failureWords, type Failed } from "../words/failures";

export function Failure({ of }: { of: Failed }) {
  const { summary, detail } = failureWords(of, useWords().language);
  return <><div style={{ color: "var(--fail)" }}>{summary}</div>{detail ? <div className="soft">{detail}</div> : null}</>;
}

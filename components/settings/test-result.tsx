import { Check, X } from "lucide-react";
import { Banner } from "@/components/ui/banner";
import type { TestAnswer } from "@/lib/api/clusters";

/** What a connection test tried, step by step, and what to do where it failed. */
export function TestResult({ answer }: { answer: TestAnswer }) {
  return (
    <div className="test-result" role="status" aria-label="Result of the test">
      <ol>
        {answer.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps are a fixed list in their order
          <li key={index} data-ok={step.ok}>
            {step.ok ? <Check size={14} aria-label="Passed" /> : <X size={14} aria-label="Failed" />}
            <b>{step.name}</b>
            <span>{step.text}</span>
          </li>
        ))}
      </ol>
      {answer.ok ? (
        <p className="test-good">
          etcd {answer.version}, {answer.members === 1 ? "1 member" : `${answer.members ?? "?"} members`}, cluster id{" "}
          <code>{answer.etcdClusterId}</code>. Ready to be watched.
        </p>
      ) : (
        <Banner tone="bad">
          <b>{answer.reason ?? "The test failed."}</b> {answer.remedy}
        </Banner>
      )}
    </div>
  );
}

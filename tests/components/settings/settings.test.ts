import { describe, expect, test } from "vitest";
import { EMPTY_DRAFT, toAccessInput } from "@/components/settings/access-draft";
import { toFieldFault } from "@/components/settings/cluster-requests";
import { ApiError } from "@/lib/api/get-json";

describe("what a form sends", () => {
  test("endpoints come apart at commas, spaces and lines; what is empty is left out", () => {
    const draft = { ...EMPTY_DRAFT, name: "prod", endpoints: " http://a:2379, http://b:2379\nhttp://c:2379,, " };
    expect(toAccessInput(draft)).toEqual({ endpoints: ["http://a:2379", "http://b:2379", "http://c:2379"] });
  });

  test("a password is sent as typed, spaces included", () => {
    const draft = { ...EMPTY_DRAFT, endpoints: "a:1", username: " u ", password: " p " };
    expect(toAccessInput(draft)).toEqual({ endpoints: ["a:1"], username: "u", password: " p " });
  });
});

describe("where a fault is shown", () => {
  const problem = { type: "about:blank", title: "Wrong parameter", status: 400, detail: "endpoints.0: not a URL" };

  test("at its field, without the field's name in front", () => {
    expect(toFieldFault(new ApiError({ ...problem, field: "endpoints.0" }))).toEqual({
      field: "endpoints",
      text: "Not a URL.",
    });
  });

  test("nowhere in particular when it has no field", () => {
    expect(toFieldFault(new ApiError(problem))).toBeNull();
    expect(toFieldFault(new Error("x"))).toBeNull();
    expect(toFieldFault(null)).toBeNull();
  });
});

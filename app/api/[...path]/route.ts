import { problemResponse } from "@/app/api/problem-response";
import { respond } from "@/app/api/respond";

/** Any path below /api that is no endpoint. */
function answerUnknown(request: Request): Promise<Response> {
  return respond(request, async () =>
    problemResponse({
      type: "about:blank",
      title: "No such endpoint",
      status: 404,
      detail: `There is no endpoint ${new URL(request.url).pathname}.`,
      remedy: "/api/v1/openapi.json lists all endpoints.",
    }),
  );
}

export {
  answerUnknown as DELETE,
  answerUnknown as GET,
  answerUnknown as PATCH,
  answerUnknown as POST,
  answerUnknown as PUT,
};

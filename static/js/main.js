// Everything that moves, loaded by one script tag. The order is the order of a submit:
// first the question (confirm), then the session (session), then the sending itself (form).
import * as attendance from "./attendance.js";
import * as confirm from "./confirm.js";
import * as counts from "./counts.js";
import * as datepicker from "./datepicker.js";
import * as files from "./files.js";
import * as form from "./form.js";
import * as intake from "./intake.js";
import * as ledger from "./ledger.js";
import * as list from "./list.js";
import * as lookup from "./lookup.js";
import * as menu from "./menu.js";
import * as milestones from "./milestones.js";
import * as refocus from "./refocus.js";
import * as register from "./register.js";
import * as requests from "./requests.js";
import * as session from "./session.js";
import * as shortcuts from "./shortcuts.js";
import * as uploads from "./uploads.js";

for (const part of [confirm, session, menu, lookup, datepicker, files, form, refocus, list, ledger, attendance, milestones, intake, register, requests, uploads, shortcuts, counts]) {
  try {
    part.start();
  } catch (error) {
    reportError(error); // one broken part must not take the others with it
  }
}

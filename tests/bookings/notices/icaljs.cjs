// Reads a calendar from each line of standard input (as JSON) and answers with a line of JSON.
"use strict";

const ICAL = require("../../vendor/ical-2.2.1.es5.min.cjs");

function party(property) {
  return [property.getFirstValue(), property.getParameter("cn") ?? ""];
}

function reading(ics) {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  const events = calendar.getAllSubcomponents("vevent");
  if (events.length !== 1) {
    throw new Error(`${events.length} events`);
  }
  const value = (name) => events[0].getFirstPropertyValue(name);
  return {
    method: calendar.getFirstPropertyValue("method") ?? "",
    uid: value("uid"),
    sequence: value("sequence"),
    status: value("status"),
    start: value("dtstart").toJSDate().toISOString(),
    end: value("dtend").toJSDate().toISOString(),
    summary: value("summary"),
    location: value("location") ?? "",
    description: value("description") ?? "",
    organizer: party(events[0].getFirstProperty("organizer")),
    attendee: party(events[0].getFirstProperty("attendee")),
  };
}

function answer(line) {
  try {
    return reading(JSON.parse(line));
  } catch (error) {
    return { error: String(error) };
  }
}

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => process.stdout.write(`${JSON.stringify(answer(line))}\n`));

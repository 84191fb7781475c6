// Parses the Adaptive Cards that come as a JSON array on stdin with the npm package of Teams' own renderer, and prints
// one array of validation events per card. `node parse_card.cjs PATH/TO/node_modules < cards.json`
const path = require("node:path");
const AC = require(path.join(process.argv[2], "adaptivecards", "dist", "adaptivecards.js")); // lib/ is for bundlers

const cards = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const told = cards.map((json) => {
    const context = new AC.SerializationContext(AC.Versions.v1_5);
    const card = new AC.AdaptiveCard();
    card.parse(json, context);
    const events = [];
    for (let at = 0; at < context.eventCount; at++) {
        const { event, message, phase } = context.getEventAt(at);
        events.push({ event, message, phase });
    }
    for (const { source, failures } of card.validateProperties().failures ?? []) {
        events.push({ event: "failures", message: JSON.stringify(failures ?? source.getJsonTypeName()) });
    }
    if (card.getItemCount() !== json.body.length) events.push({ event: "lost", message: "elements were dropped" });
    return events;
});
process.stdout.write(JSON.stringify(told));

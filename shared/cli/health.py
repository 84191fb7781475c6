"""`foresignal health`: whether all is well."""

import typer

from shared.cli.tools import Json, State, as_json, printable, show_down, table, with_deployment


def health(json_: Json = False, state: State = None) -> None:
    """Show each tenant's last fetch and failure, and how much is parked. Exit code 1 unless all is well."""
    from shared.usecases.pages.health import health

    report = with_deployment(state, health)
    if json_:
        as_json(report)
    else:
        typer.echo(f"{report['status']}; {report['parked']}{' or more' if report['parked_or_more'] else ''} parked")
        if report["asleep"]:
            typer.echo("asleep: nothing is read, sent or filed until `foresignal wake`")
        typer.echo(printable(f"policy: {report['policy']}"))
        if report["lists"]["failure"]:
            typer.echo(printable(f"lists of the pages: {report['lists']['failure']}"))
        for each in (*report["first_load"], *report["limited"]):
            typer.echo(printable(each["words"]))
        table(
            ("tenant", "source", "posts", "fetched", "failure"),
            ((t["tenant"], t["source"], t["posts"], t["fetched"] or "never", t["failure"]) for t in report["tenants"]),
        )
        if len(report["tenants"]) < report["tenants_well"] + report["tenants_not_well"]:
            typer.echo(f"{report['tenants_well']} are well, {report['tenants_not_well']} are not")
        show_down(report["down"])
    if report["status"] != "ok":
        raise typer.Exit(1)

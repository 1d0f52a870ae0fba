"""Cells of notebooks as a lesson stores them."""

import nbformat.v4 as v4


def shown(value: object, tags: list[str] | None = None, source: str = "value"):
    data = {"text/html": value._repr_html_(), "text/plain": str(value)}
    output = v4.new_output("execute_result", data=data, execution_count=1)
    return v4.new_code_cell(source, outputs=[output], metadata={"tags": tags or []})


def printed(text: str, source: str = "print(x)"):
    return v4.new_code_cell(source, outputs=[v4.new_output("stream", text=text)])


def lesson(*cells):
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell(
                "# Title\n\n**Level** beginner · **Minutes** 60 · **Needs** nothing"
            ),
            *cells,
        ]
    )

"""Note types: which fields notes have, and which cards are made from them."""

from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from api import pagination, text
from api.authentication import signed_in
from api.collection import changes, note_types
from api.collection.note_types import FieldEdit, NoteType, NoteTypeEdit, TemplateEdit
from api.errors import (
    BrokenTemplate,
    ChangedSince,
    InputRefused,
    NotesWithoutCards,
    NoteTypeBuiltIn,
    NoteTypeInUse,
    NoteTypeNameTaken,
    NoteTypeNotFound,
    QuotaReached,
)
from api.preconditions import if_match, tagged
from api.problems import raises
from api.routes.synchronising import ChangePage, SinceQuery
from api.services import services
from api.shapes import Input, Versioned, View
from api.study.folding import folded
from api.study.templates import Kind, Template
from api.writing import Collection, removes, writes
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("note_types", __name__, url_prefix="/v1/note-types", tag="Note types")

_SPECIAL = {"frontside", "tags", "type", "deck", "subdeck", "card", "cardflag"}


def _field_name(name: str) -> str:
    if any(mark in name for mark in ':{}"') or name[:1] in "#^/" or name.lower() in _SPECIAL:
        raise ValueError("must not contain : { } or quotes, begin with # ^ or /, or be a word of the template language")
    return name


FieldName = Annotated[text.Name, AfterValidator(_field_name)]
Side = Annotated[str, StringConstraints(max_length=50_000), AfterValidator(text.without_controls)]
Css = Annotated[str, StringConstraints(max_length=50_000), AfterValidator(text.without_controls)]


class FieldInput(Input):
    """A field. `was`: the present name of the field whose contents it takes, where that is another."""

    name: FieldName
    was: text.Name | None = None


class TemplateInput(Input):
    """A template of Anki's language. `was`: the present name of the template whose cards it takes."""

    name: text.Name
    question: Side
    answer: Side
    was: text.Name | None = None


class _Shaped(Input):
    """Fields and templates, each with names of their own."""

    @model_validator(mode="after")
    def _names_are_unique(self) -> "_Shaped":
        for part in ("fields", "templates"):
            names = [folded(item.name) for item in getattr(self, part) or []]
            if len(names) != len(set(names)):
                raise ValueError(f"must not name two {part} alike")
        return self


class NewNoteType(_Shaped):
    """A note type."""

    name: text.Name
    kind: Kind = Kind.STANDARD
    fields: list[FieldInput] = Field(min_length=1, max_length=50)
    templates: list[TemplateInput] = Field(min_length=1, max_length=50)
    css: Css = ""

    @model_validator(mode="after")
    def _cloze_has_one_template(self) -> "NewNoteType":
        if self.kind is Kind.CLOZE and len(self.templates) != 1:
            raise ValueError("must have one template where the kind is cloze")
        return self

    def note_type(self) -> NoteType:
        """Return the note type to be added."""
        made = tuple(Template(each.name, each.question, each.answer) for each in self.templates)
        return NoteType(self.name, self.kind, tuple(field.name for field in self.fields), made, self.css)


class NoteTypeEditInput(_Shaped):
    """What to change; what is absent stays. Notes keep the contents of fields, and cards their reviews, by names."""

    name: text.Name | None = None
    fields: list[FieldInput] | None = Field(default=None, min_length=1, max_length=50)
    templates: list[TemplateInput] | None = Field(default=None, min_length=1, max_length=50)
    css: Css | None = None

    def edit(self) -> NoteTypeEdit:
        """Return what is to be changed."""
        fields = [FieldEdit(each.name, each.was) for each in self.fields or []]
        made = [
            TemplateEdit(Template(each.name, each.question, each.answer), each.was) for each in self.templates or []
        ]
        # A list that is given is not empty.
        return NoteTypeEdit(self.name, self.css, tuple(fields) or None, tuple(made) or None)


class TemplateView(View):
    """How one card is made."""

    name: str
    question: str
    answer: str


class NoteTypeView(Versioned):
    """A note type. One that is built in stays as it is, but for its CSS."""

    id: int
    name: str
    kind: Kind
    fields: list[str]
    templates: list[TemplateView]
    css: str
    built_in: bool

    @classmethod
    def of(cls, note_type: NoteType) -> "NoteTypeView":
        """Show a note type."""
        members = {**vars(note_type), "built_in": note_type.built_in is not None}
        return cls.model_validate(members)


class NoteTypePage(ChangePage):
    """Note types in the order they were added."""

    items: list[NoteTypeView]


@bp.get("")
@signed_in(COLLECTION_READ)
@bp.input(SinceQuery, location="query", arg_name="query")
@bp.output(NoteTypePage)
def list_note_types(query: SinceQuery, caller: Claims) -> NoteTypePage:
    """List your note types, or those that have changed."""
    with services().collections.reading(caller.user_id) as collection:
        return _page(collection, query) if query.updated_since is None else _changed(collection, query.updated_since)


@bp.post("")
@signed_in(COLLECTION_WRITE)
@bp.input(NewNoteType, arg_name="new")
@writes(bp, NoteTypeView, HTTPStatus.CREATED)
@raises(NoteTypeNameTaken, BrokenTemplate, QuotaReached)
def create_note_type(new: NewNoteType, collection: Collection) -> NoteTypeView:
    """Add a note type."""
    return NoteTypeView.of(note_types.create(collection, new.note_type()))


@bp.get("/<int:note_type_id>")
@signed_in(COLLECTION_READ)
@bp.output(NoteTypeView)
@raises(NoteTypeNotFound)
def get_note_type(note_type_id: int, caller: Claims) -> tuple[Versioned, HTTPStatus, dict[str, str]]:
    """Read a note type."""
    with services().collections.reading(caller.user_id) as collection:
        return tagged(NoteTypeView.of(note_types.get(collection, note_type_id)))


@bp.patch("/<int:note_type_id>")
@signed_in(COLLECTION_WRITE)
@bp.input(NoteTypeEditInput, arg_name="edit")
@writes(bp, NoteTypeView, takes_if_match=True)
@raises(
    NoteTypeNotFound,
    NoteTypeBuiltIn,
    NoteTypeNameTaken,
    NotesWithoutCards,
    BrokenTemplate,
    InputRefused,
    ChangedSince,
    QuotaReached,
)
def edit_note_type(note_type_id: int, edit: NoteTypeEditInput, collection: Collection) -> NoteTypeView:
    """Change a note type, and with it all its notes and their cards."""
    return NoteTypeView.of(note_types.edit(collection, note_type_id, edit.edit(), if_match()))


@bp.delete("/<int:note_type_id>")
@signed_in(COLLECTION_WRITE)
@removes(bp)
@raises(NoteTypeNotFound, NoteTypeBuiltIn, NoteTypeInUse, ChangedSince)
def delete_note_type(note_type_id: int, collection: Collection) -> None:
    """Delete a note type that has no notes."""
    note_types.delete(collection, note_type_id, if_match())


def _page(collection: Collection, query: SinceQuery) -> NoteTypePage:
    found = note_types.page(collection, pagination.id_of(query.cursor), query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda note_type: note_type.id)
    shown = [NoteTypeView.of(note_type) for note_type in items]
    return NoteTypePage(items=shown, next_cursor=cursor, deleted_ids=[], change=changes.latest(collection))


def _changed(collection: Collection, since: int) -> NoteTypePage:
    found = changes.of_note_types(collection, since)
    shown = [NoteTypeView.of(note_type) for note_type in found.items]
    return NoteTypePage(items=shown, next_cursor=None, deleted_ids=found.deleted_ids, change=changes.latest(collection))

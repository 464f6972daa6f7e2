"""A todo application over HTTP: FastAPI in front, the models behind it, row-level security under both.

DATABASE_URL is that of a login that has todo_app, and `select (user_id, token, expires_at)` on Better Auth's table
sessions; direct or through a transaction pooler. ``uvicorn --factory examples.todo_api:create_app`` starts it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Engine, text
from sqlmodel import Session

from models import (
    Collection,
    Crud,
    CursorPage,
    DatabaseError,
    Page,
    Project,
    ProjectCreate,
    ProjectRead,
    ProjectUpdate,
    Task,
    TaskCreate,
    TaskRead,
    TaskUpdate,
    open_engine,
    run,
    transaction,
)

PROJECTS = Collection(Project, ProjectCreate, ProjectUpdate)
TASKS = Collection(Task, TaskCreate, TaskUpdate)

router = APIRouter()


def create_app(url: str | None = None) -> FastAPI:
    """Return the application; without a URL it takes DATABASE_URL."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.engine = open_engine(url, application="todo_api", settings={"statement_timeout": "10s"})
        yield
        app.state.engine.dispose()

    app = FastAPI(title="Todo", lifespan=lifespan)
    app.include_router(router)
    app.add_exception_handler(DatabaseError, tell)
    return app


def tell(_: Request, error: Exception) -> JSONResponse:
    """Answer an error of the database as it says itself; its cause is for the log."""
    assert isinstance(error, DatabaseError)
    headers = {"Retry-After": "1"} if error.retryable else None
    return JSONResponse(error.answer(), error.status, headers)


# -- who asks, and in which transaction -------------------------------------------------------------------------------


def engine(request: Request) -> Engine:
    """Return the engine of the application."""
    found: Engine = request.app.state.engine
    return found


Opened = Annotated[Engine, Depends(engine)]


def caller(opened: Opened, sent: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> UUID:
    """Return the user whose session of Better Auth the bearer token is."""
    query = text("select user_id from sessions where token = :token and expires_at > now()")
    with transaction(opened) as session:
        user: UUID | None = session.scalar(query, {"token": sent.credentials})
    if user is None:
        raise HTTPException(401, "Sign in first.", {"WWW-Authenticate": "Bearer"})
    return user


Caller = Annotated[UUID, Depends(caller)]


def begin(opened: Opened, user: Caller) -> Iterator[Session]:
    """Open the transaction of a request, in the name of who asks."""
    with transaction(opened, user) as session:
        yield session


# with the scope of the function it commits before the answer is sent; FastAPI's default is after
Begun = Annotated[Session, Depends(begin, scope="function")]


def projects_of(session: Begun, user: Caller) -> Crud[Project, ProjectCreate, ProjectUpdate]:
    """Return the caller's projects."""
    return Crud(session, PROJECTS.owned_by(user))


def tasks_of(session: Begun, user: Caller) -> Crud[Task, TaskCreate, TaskUpdate]:
    """Return the caller's tasks."""
    return Crud(session, TASKS.owned_by(user))


Projects = Annotated[Crud[Project, ProjectCreate, ProjectUpdate], Depends(projects_of)]
Tasks = Annotated[Crud[Task, TaskCreate, TaskUpdate], Depends(tasks_of)]

# -- projects ---------------------------------------------------------------------------------------------------------


@router.get("/projects", response_model=Page[ProjectRead])
def list_projects(projects: Projects, page: int = 1, page_size: int = 20) -> Page[Project]:
    """Return a page of projects, the newest first."""
    return projects.page(page, page_size)


@router.post("/projects", response_model=ProjectRead, status_code=201)
def create_project(projects: Projects, data: ProjectCreate) -> Project:
    """Make a project."""
    return projects.create(data)


@router.patch("/projects/{key}", response_model=ProjectRead)
def change_project(projects: Projects, key: UUID, data: ProjectUpdate) -> Project:
    """Change what is sent, and leave what is not."""
    return projects.update(key, data)


@router.delete("/projects/{key}", status_code=204)
def delete_project(projects: Projects, key: UUID) -> None:
    """Delete a project and its tasks."""
    projects.delete(key)


@router.put("/projects/{key}/order", status_code=204)
def order_tasks(opened: Opened, user: Caller, key: UUID, tasks: list[UUID]) -> None:
    """Put tasks of a project into an order; done again, whole, if another such request was in the way."""

    def work(session: Session) -> None:
        session.execute(text("set constraints tasks_project_id_position_key deferred"))
        inside = Crud(session, TASKS.owned_by(user).within(project_id=key))
        for position, task in enumerate(tasks, start=1):
            inside.update(task, TaskUpdate(position=position))

    run(opened, work, user)


# -- tasks ------------------------------------------------------------------------------------------------------------


@router.get("/tasks", response_model=CursorPage[TaskRead])
def list_tasks(tasks: Tasks, after: str | None = None, page_size: int = 20) -> CursorPage[Task]:
    """Return the tasks after a cursor, the newest first."""
    return tasks.scroll(after, page_size)


@router.get("/trash", response_model=Page[TaskRead])
def list_trash(tasks: Tasks, page: int = 1, page_size: int = 20) -> Page[Task]:
    """Return the deleted tasks, the last deleted first."""
    return Crud(tasks.session, tasks.scope.trashed()).page(page, page_size, ["-deleted_at"])


@router.post("/tasks", response_model=TaskRead, status_code=201)
def create_task(tasks: Tasks, data: TaskCreate) -> Task:
    """Make a task."""
    return tasks.create(data)


@router.get("/tasks/{key}", response_model=TaskRead)
def show_task(tasks: Tasks, key: UUID) -> Task:
    """Return a task."""
    return tasks.get(key)


@router.patch("/tasks/{key}", response_model=TaskRead)
def change_task(tasks: Tasks, key: UUID, data: TaskUpdate, version: Annotated[int, Query(ge=1)]) -> Task:
    """Change what is sent, if the task still has the version that the client saw."""
    return tasks.update(key, data, version=version)


@router.delete("/tasks/{key}", status_code=204)
def delete_task(tasks: Tasks, key: UUID) -> None:
    """Put a task into the trash."""
    tasks.delete(key)


@router.post("/tasks/{key}/restore", response_model=TaskRead)
def restore_task(tasks: Tasks, key: UUID) -> Task:
    """Take a task out of the trash."""
    return tasks.restore(key)

"""The small model's server speaks the protocol that the writers rely on."""

import openai
from pydantic import BaseModel, ConfigDict, Field


class Note(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid")
    subject: str = Field(min_length=1, max_length=40)
    description: str = Field(min_length=1, max_length=80)


def test_it_answers_in_the_shape_that_is_asked_for(small_model: str) -> None:
    # A proxy of the environment would be asked for loopback too.
    with openai.DefaultHttpxClient(trust_env=False) as direct:
        client = openai.OpenAI(base_url=small_model, api_key="none", http_client=direct)
        completion = client.chat.completions.create(
            model="smollm2",
            messages=[{"role": "user", "content": "A shoe came apart. Note it as JSON."}],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "note", "schema": Note.model_json_schema()},
            },
            # Far more than two texts of this length take.
            max_tokens=300,
            temperature=0,
            timeout=300,
        )
    (choice,) = completion.choices
    assert choice.finish_reason == "stop"
    Note.model_validate_json(choice.message.content or "")
    assert completion.usage
    assert completion.usage.prompt_tokens > 10
    assert 0 < completion.usage.completion_tokens < 300
